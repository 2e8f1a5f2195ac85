"""What articles state that another paper may state differently."""
