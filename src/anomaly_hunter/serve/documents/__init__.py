"""Records of ours as the API and the pages say them."""
