#include "schema_verb.hpp"

#include "../context.hpp"
#include "../declarations.hpp"
#include "profile_schema.hpp"

namespace nanotune::cli {

namespace {

Ended run(Context& context) {
    NT_TRY(const auto service, context.service());
    auto* const declarations = dynamic_cast<Declarations*>(service.get());
    if (declarations == nullptr) {
        return std::unexpected(
            Failure(Error{.code = ErrorCode::unsupported,
                          .message = "the plugins, which know what a profile may say, are not in "
                                     "this process"}));
    }
    const Catalog& catalog = declarations->catalog();
    context.screen().raw(context.look().json ? json_of_schema(catalog)
                                             : profile_schema_of(catalog));
    return 0;
}

}  // namespace

constinit const Command schema_command = {
    .name = "schema",
    .help = "print the JSON schema of profiles, for editors",
    .details =
        "Made of what the plugins declare. The one of the plugins that came with nanotune is "
        "installed as share/nanotune/profile.schema.json; with plugins of your own print it anew. "
        "It knows single values: nanotune profile check has the last word.",
    .run = run};

}  // namespace nanotune::cli
