"""What gateways with gates ask of the center: who is expected, whose faces are known; and the pictures they bring."""
