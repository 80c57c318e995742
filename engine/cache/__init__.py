"""The KV cache: storage that grows in steps, and prefixes kept between turns."""
