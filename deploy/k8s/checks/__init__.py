"""What schemas cannot say of the manifests: that they fit one another, and the code."""
