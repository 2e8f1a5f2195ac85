"""What someone typed: read, answered from articles, watched for."""
