"""Pictures by services and recipes: the prompt compiled for a service, the service, the quality gate, the file."""
