"""The console: pages in the browser for operators, rendered on the server, without scripts."""
