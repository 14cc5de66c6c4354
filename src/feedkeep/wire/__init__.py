"""Facts that several formats share on the wire: names, dates, safe parsing. No judgement."""
