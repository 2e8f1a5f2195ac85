async def test_x(database):
    from storage.search import index_articles
