"""What a workbook says, judged cell by cell.  Plain values, no I/O."""
