"""What is heard in the words of a buyer: stems, turns, denials; from them intent, attention and escalations. Pure."""
