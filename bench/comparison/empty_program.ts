// Nothing: what it takes to start this is what starting costs before any of our code.
