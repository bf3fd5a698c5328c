"""queries over the documented views: what the center reads of the tables, and the sign-in tables, which alone it writes."""
