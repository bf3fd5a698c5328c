"""Papers: lists of delegates that come in (XLSX, CSV), and what is printed or saved (attendance, badges)."""
