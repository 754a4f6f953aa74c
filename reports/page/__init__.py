"""What report.html shows, derived from the record: pure modules, one a subject; the templates only place it."""
