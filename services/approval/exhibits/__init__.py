"""Exhibits: the files a department rests an act on lie with bundle; we know whose they are."""
