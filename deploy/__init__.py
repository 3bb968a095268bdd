"""How the platform is put on machines: one machine here, containers, brokers, databases."""
