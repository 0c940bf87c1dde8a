"""The deck on a session: where its things stand in the tree's release, and the files that changes of them go to."""

from __future__ import annotations

from core.edits.deck_places import DeckPlaces
from core.edits.edit_session import EditSession
from core.edits.layered_files import LayeredFiles
from core.edits.names import Entry, check_new_name, entries, require
from core.entities import Alias, Preset, Waterfall
from core.mentions import Node
from core.records import dataclass
from core.references import Kind
from core.toml.edit.text_layout import Path


@dataclass(frozen=True, slots=True)
class Deck:
    """What intents of the deck work on."""

    session: EditSession
    files: LayeredFiles
    places: DeckPlaces

    @classmethod
    def of(cls, session: EditSession) -> Deck:
        """The deck of the tree that is under edit."""
        return cls(session, LayeredFiles(session, "deck"), DeckPlaces(session.report.catalog.behaviours))

    # ---- families

    def home(self, kind: Kind, family: str) -> str:
        """The catalog's family of an entry: for aliases and waterfalls up to 0.17 the one space of all."""
        return self.places.home(kind, family)

    def node(self, kind: Kind, family: str, name: str) -> Node:
        """An entry as usage knows it."""
        return Node(kind.value, self.home(kind, family), name)

    # ---- entries

    def keys(self, kind: Kind, family: str, name: str) -> Path:
        """The key path of an alias, waterfall or preset."""
        return (*self.places.names(kind, family), name)

    def require(self, kind: Kind, family: str, name: str) -> Entry:
        """An alias, waterfall or preset. Raises EditRefusedError when there is none of that name."""
        return require(self.session, kind, self.home(kind, family), name)

    def has(self, kind: Kind, family: str, name: str) -> bool:
        """Whether there is such an entry."""
        return name in entries(self.session, kind, self.home(kind, family))

    def alias(self, family: str, name: str) -> Alias:
        """The alias of a name. Raises EditRefusedError when there is none."""
        found = self.require(Kind.ALIAS, family, name)
        assert isinstance(found, Alias)
        return found

    def preset(self, family: str, name: str) -> Preset:
        """The preset of a name. Raises EditRefusedError when there is none."""
        found = self.require(Kind.PRESET, family, name)
        assert isinstance(found, Preset)
        return found

    def waterfall(self, family: str, name: str) -> Waterfall | Alias:
        """A waterfall, or up to 0.14 an alias that is a list, by name. Raises EditRefusedError if it is missing."""
        kind = self.chains
        found = self.require(kind, family, name)
        assert isinstance(found, Waterfall | Alias)
        return found

    @property
    def chains(self) -> Kind:
        """What a list that is tried in order is in this release: an alias up to 0.14, then a waterfall."""
        return Kind.WATERFALL if self.places.behaviours.waterfalls else Kind.ALIAS

    def check_new(self, kind: Kind, family: str, name: str) -> None:
        """Raises EditRefusedError when a name may not be given to a new entry."""
        check_new_name(self.session, kind, self.home(kind, family), name)

    def put(self, kind: Kind, family: str, name: str, value: object) -> None:
        """Give an alias or waterfall another value, or make it, or make a preset."""
        self.files.put(self.keys(kind, family, name), value, family=self.file_family(family))

    def file_family(self, family: str) -> str:
        """The family whose file a new value goes to, from 0.18 on."""
        return self.places.section(family).family if self.places.behaviours.sigils else ""
