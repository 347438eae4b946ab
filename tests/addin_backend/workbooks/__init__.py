"""Reading and patching of workbooks."""
