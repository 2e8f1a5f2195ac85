"""What operators read: notices in the admin chat, and the reasons that console and command line show."""
