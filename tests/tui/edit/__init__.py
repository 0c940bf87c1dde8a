"""The app under edit: real keys in, bytes on the disk and the screen out."""
