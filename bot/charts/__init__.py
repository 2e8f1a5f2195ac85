"""Pictures of counts over days: what they show (`model`), drawing (`draw`), a process for it (`process`)."""
