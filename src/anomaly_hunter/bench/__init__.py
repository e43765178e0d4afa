"""How good is it? Any detector over any folder of labelled files, measured and set side by side."""
