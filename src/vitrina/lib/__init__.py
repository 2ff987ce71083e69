"""What could be other people's packages: HTTP, feeds, text, HTML, money, storage, pictures. Nothing of Vitrina in it.

Front doors: `fetch`, `feeds`, `zipgate`, `strict_json`, `text`, `html`, `money`, `spreadsheet_cells`, `storage`, `pictures`.
"""
