"""The demo company, Halden Analytics: its people, deals, debriefs and three planted stories."""
