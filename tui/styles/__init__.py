"""The look of the app: themes, and the style sheet beside this file."""
