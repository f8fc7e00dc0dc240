"""Where providers call back, one file a provider: signature, parse, hand on."""
