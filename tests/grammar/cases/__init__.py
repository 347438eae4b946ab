"""Case files: lines `input => output`, `#` starts a comment line."""
