"""The codec between (utterance, table, rule) and model tokens; nothing is imported here."""
