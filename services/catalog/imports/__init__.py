"""The catalogue as the bureaus keep it: workbooks and JSON, read whole or not at all, and written.

A workbook has one row an item and a sheet for each list an item has.  What is wrong with it is told
by sheet, row and column, all of it at once; what is right goes in as one transaction.
"""
