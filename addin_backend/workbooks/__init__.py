"""Workbook packages: opened with distrust, read fast, patched without touching anything that need not be touched."""
