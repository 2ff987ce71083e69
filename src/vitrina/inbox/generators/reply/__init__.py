"""An answer to a buyer."""
