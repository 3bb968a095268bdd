"""Finding items: by any part of a name, by pinyin, code and department, sieved and in ranks."""
