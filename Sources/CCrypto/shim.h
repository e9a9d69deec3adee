/* The low-level SHA-256 calls are marked deprecated in OpenSSL 3 in favour of a fetch per call, which costs
   more than hashing a record does. They stay in the library; the mark would be an error here. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
