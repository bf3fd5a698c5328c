"""photos → people who may be recognised, sealed at rest; who did and looked at what; all of somebody's traces gone when they go."""
