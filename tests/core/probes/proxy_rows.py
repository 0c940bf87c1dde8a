"""Variables of proxies, and the way of a call of each client of Pipelex 0.92.2 to some hosts.

`python -m tests.conformance.proxies` repeats the calls with the clients of the release.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

HOSTS: Final = (
    *("http://127.0.0.1:9", "https://api.example", "https://a.example.com", "http://10.1.2.3", "https://[::1]:4"),
    *("http://localhost:9", "https://x.localhost"),
)
PROXY: Final = "http://p:1"


@dataclass(frozen=True)
class ProxyRow:
    """Variables, and for each host `P` for a call through a proxy, `-` for a direct one, `x` for none.

    By the library of the client: httpx2 (OpenAI 3, Anthropic 1, Mistral 3), httpx 0.28 (their versions before), and
    botocore (Amazon).
    """

    variables: Mapping[str, str]
    httpx2: str
    httpx: str
    botocore: str


def both(no_proxy: str) -> Mapping[str, str]:
    """Proxies for both schemes, and hosts without one."""
    return {"HTTP_PROXY": PROXY, "HTTPS_PROXY": PROXY, "NO_PROXY": no_proxy}


PROXY_ROWS: Final = (
    ProxyRow({}, "-------", "-------", "-------"),
    ProxyRow({"HTTP_PROXY": PROXY}, "P--P-P-", "P--P-P-", "P--P-P-"),
    ProxyRow({"HTTP_PROXY": "p:1"}, "P--P-P-", "P--P-P-", "P--P-P-"),
    ProxyRow({"HTTPS_PROXY": "HTTP://u:w@p:1/path"}, "-PP-P-P", "-PP-P-P", "-xx-x-x"),
    ProxyRow({"https_proxy": "https://p:1"}, "-PP-P-P", "-PP-P-P", "-PP-P-P"),
    ProxyRow({"Http_Proxy": PROXY}, "P--P-P-", "P--P-P-", "P--P-P-"),
    ProxyRow({"HTTP_PROXY": "p:1", "http_proxy": ""}, "-------", "-------", "-------"),
    ProxyRow({"HTTP_PROXY": PROXY, "REQUEST_METHOD": "GET"}, "-------", "-------", "-------"),
    ProxyRow({"http_proxy": PROXY, "REQUEST_METHOD": "GET"}, "P--P-P-", "P--P-P-", "P--P-P-"),
    ProxyRow({"ALL_PROXY": PROXY}, "PPPPPPP", "PPPPPPP", "-------"),
    ProxyRow({"HTTP_PROXY": PROXY, "HTTPS_PROXY": PROXY}, "PPPPPPP", "PPPPPPP", "PPPPPPP"),
    ProxyRow(both("*"), "-------", "-------", "-------"),
    ProxyRow(both("localhost,127.0.0.1,10.0.0.0/8,example.com,.api.example"), "-P--P-P", "-P-PP-P", "---PP--"),
    ProxyRow(both("*.example.com, api.example:443, [::1], EXAMPLE"), "P--P-PP", "xxxxxxx", "P-PP-PP"),
    ProxyRow(both("api.example:80,::1"), "PPPP-PP", "PPPP-PP", "PPPPPPP"),
    ProxyRow(both("https://api.example,http://a.example.com,a/b"), "P-PPPPP", "P-PPPPP", "PPPPPPP"),
    ProxyRow(both(".example.com"), "PP-PPPP", "PP-PPPP", "PP-PPPP"),
    ProxyRow(both("example.com"), "PP-PPPP", "PP-PPPP", "PP-PPPP"),
    ProxyRow(both("example"), "P-PPPPP", "P-PPPPP", "P-PPPPP"),
    ProxyRow(both("*.com"), "PP-PPPP", "PPPPPPP", "PPPPPPP"),
    ProxyRow(both("a.example.com."), "PPPPPPP", "PPPPPPP", "PPPPPPP"),
    ProxyRow(both("10.1.2.3"), "PPP-PPP", "PPP-PPP", "PPP-PPP"),
    ProxyRow(both("127.0.0.0/8"), "-PPPPPP", "PPPPPPP", "PPPPPPP"),
    ProxyRow(both("::1"), "PPPP-PP", "PPPP-PP", "PPPPPPP"),
    ProxyRow(both("[::1]"), "PPPP-PP", "xxxxxxx", "PPPP-PP"),
    ProxyRow(both("::1/128"), "PPPP-PP", "xxxxxxx", "PPPPPPP"),
    ProxyRow(both("localhost"), "PPPPP-P", "PPPPP-P", "PPPPP--"),
    ProxyRow(both(".localhost"), "PPPPPP-", "PPPPPP-", "PPPPP--"),
    ProxyRow(both("127.0.0.1:9"), "-PPPPPP", "-PPPPPP", "-PPPPPP"),
    ProxyRow(both("api.example:443"), "PPPPPPP", "PPPPPPP", "PPPPPPP"),
    ProxyRow(both("https://"), "P--P-P-", "P--P-P-", "PPPPPPP"),
    ProxyRow(both(" api.example "), "P-PPPPP", "P-PPPPP", "P-PPPPP"),
    ProxyRow(both("api.example a.example.com"), "PPPPPPP", "PPPPPPP", "PPPPPPP"),
    ProxyRow(both("*,x"), "-------", "-------", "PPPPPPP"),
    ProxyRow(both("A.Example.COM"), "PP-PPPP", "PP-PPPP", "PP-PPPP"),
    ProxyRow(both("0.0.0.0/0"), "-PP-PPP", "PPPPPPP", "PPPPPPP"),
    ProxyRow(both("api.example/"), "PPPPPPP", "P-PPPPP", "PPPPPPP"),
    ProxyRow({"HTTPS_PROXY": PROXY, "no_proxy": "", "NO_PROXY": "*"}, "-PP-P-P", "-PP-P-P", "-PP-P-P"),
    ProxyRow({"HTTPS_PROXY": PROXY, "No_Proxy": "*"}, "-------", "-------", "-------"),
    ProxyRow({"HTTPS_PROXY": "socks5://p:1"}, "xxxxxxx", "xxxxxxx", "-xx-x-x"),
    ProxyRow({"HTTPS_PROXY": "ftp://p:1"}, "xxxxxxx", "xxxxxxx", "-xx-x-x"),
    ProxyRow({"HTTPS_PROXY": "http://"}, "-xx-x-x", "-xx-x-x", "-xx-x-x"),
    ProxyRow({"HTTPS_PROXY": "//p:1"}, "-xx-x-x", "-xx-x-x", "-PP-P-P"),
    ProxyRow({"HTTPS_PROXY": "p"}, "-PP-P-P", "-PP-P-P", "-PP-P-P"),
    ProxyRow({"HTTPS_PROXY": "http://p:"}, "-PP-P-P", "-PP-P-P", "-PP-P-P"),
    ProxyRow({"HTTPS_PROXY": "http:p:1"}, "xxxxxxx", "xxxxxxx", "-xx-x-x"),
    ProxyRow({"HTTPS_PROXY": " http://p:1 "}, "xxxxxxx", "xxxxxxx", "-xx-x-x"),
    ProxyRow({"HTTPS_PROXY": "http://u:w:z@p:1"}, "-PP-P-P", "-PP-P-P", "-PP-P-P"),
    ProxyRow({"HTTPS_PROXY": "http://[::9]:1"}, "-PP-P-P", "-PP-P-P", "-PP-P-P"),
    ProxyRow({"HTTPS_PROXY": "https://p"}, "-PP-P-P", "-PP-P-P", "-PP-P-P"),
    ProxyRow({"NO_PROXY": "[::1]"}, "-------", "xxxxxxx", "-------"),
    ProxyRow({"HTTPS_PROXY": PROXY, "NO_PROXY": "https://api.example:443"}, "--P-P-P", "--P-P-P", "-PP-P-P"),
    ProxyRow({"ALL_PROXY": PROXY, "NO_PROXY": "https://"}, "P--P-P-", "P--P-P-", "-------"),
    ProxyRow({"ALL_PROXY": PROXY, "NO_PROXY": "http://"}, "-PP-P-P", "-PP-P-P", "-------"),
    ProxyRow({"ALL_PROXY": PROXY, "NO_PROXY": "all://"}, "-------", "-------", "-------"),
    ProxyRow({"ALL_PROXY": PROXY, "NO_PROXY": "all://*"}, "PPPPPPP", "PPPPPPP", "-------"),
    ProxyRow({"ALL_PROXY": "socks5://p:1"}, "xxxxxxx", "xxxxxxx", "-------"),
    ProxyRow({"ALL_PROXY": "socks5://p:1", "HTTPS_PROXY": PROXY, "NO_PROXY": "*"}, "-------", "-------", "-------"),
    ProxyRow(
        {"ALL_PROXY": "ftp://p:1", "HTTPS_PROXY": PROXY, "HTTP_PROXY": PROXY},
        "xxxxxxx",
        "xxxxxxx",
        "PPPPPPP",
    ),
)

GOOGLE_HOSTS: Final = ("https://api.example", "http://10.1.2.3")
GOOGLE_ROWS: Final[tuple[tuple[Mapping[str, str], str], ...]] = (
    ({"HTTPS_PROXY": "p:1"}, "x-"),
    ({"HTTPS_PROXY": PROXY}, "P-"),
    ({"HTTPS_PROXY": "https://p:1"}, "--"),
    ({"ALL_PROXY": PROXY}, "--"),
    ({"HTTPS_PROXY": PROXY, "NO_PROXY": "api.example:443"}, "P-"),
    ({"HTTPS_PROXY": PROXY, "NO_PROXY": "example"}, "--"),
    ({"HTTPS_PROXY": PROXY, "NO_PROXY": "*,x"}, "P-"),
    ({"HTTPS_PROXY": PROXY, "NO_PROXY": "*"}, "--"),
    ({"HTTPS_PROXY": "socks5://p:1"}, "xx"),
    ({"HTTPS_PROXY": "HTTP://u:w@p:1/path"}, "P-"),
    ({"HTTPS_PROXY": "//p:1"}, "P-"),
    ({"HTTPS_PROXY": "http:p:1"}, "xx"),
)
"""The same for the client of Google, which uses aiohttp and builds one of httpx beside it."""
