"""TorchServe's settings, each varied by itself around what this service is delivered with."""
