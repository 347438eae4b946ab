"""Languages: the rule language, Excel formulas, and the codec between requests and model tokens."""
