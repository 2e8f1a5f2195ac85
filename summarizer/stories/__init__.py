"""Stories: grouping the articles on one event, and presenting them as one story."""
