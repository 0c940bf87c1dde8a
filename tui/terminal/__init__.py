"""What goes to the terminal: the same picture in fewer bytes. Over SSH, bytes are what a user feels."""
