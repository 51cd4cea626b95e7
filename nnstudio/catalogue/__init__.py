"""What a layer is. Declarations only: palette, form, ports, shapes, source, help and tests all derive from them."""
