# shellcheck shell=bash

# take_the_sample FILE: changes rota.production.properties. A clinic has doctors and providers of its own; tests of a server in
# production take the sample's, and have messages printed.
take_the_sample() {
    sed -i -e 's/^seed.on_empty = .*/seed.on_empty = true/' -e '/^channel\./d' \
        -e 's/^notify\.\(email\|sms\)\.channels = .*/notify.\1.channels = console/' "$1"
}
