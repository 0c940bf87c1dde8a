"""What several tests share: fences, stock trees, processes."""
