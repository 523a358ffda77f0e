// Has nothing but the header that all test programs share.
