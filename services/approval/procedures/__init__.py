"""Special procedures (特别程序): steps whose time is not counted, each begun and ended."""
