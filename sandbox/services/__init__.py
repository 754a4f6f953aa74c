"""What moto's services lack or get wrong, put right."""
