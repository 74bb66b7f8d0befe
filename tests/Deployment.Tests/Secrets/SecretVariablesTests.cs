using Slipway.Secrets;

namespace Slipway.Deployment.Tests.Secrets;

public class SecretVariablesTests
{
    private const string Value = "0123456789abcdef";

    [TestCase("GITHUB_TOKEN")]
    [TestCase("GH_TOKEN")]
    [TestCase("ACTIONS_ID_TOKEN_REQUEST_TOKEN")]
    [TestCase("AWS_SECRET_ACCESS_KEY")]
    [TestCase("AWS_SESSION_TOKEN")]
    [TestCase("SOPS_AGE_KEY")]
    [TestCase("PROD_KEY")]
    [TestCase("PGPASSWORD")]
    [TestCase("PG_CONN_STR")]
    [TestCase("TF_VAR_db_password")]
    [TestCase("NPM_TOKEN")]
    [TestCase("npm_config_token")]
    [TestCase("SLACK_WEBHOOK_URL")]
    [TestCase("KEYSTORE_PASSPHRASE")]
    public void AreKnownByName(string name) => Found(name, Value).ShouldBeTrue();

    [TestCase("PATH")]
    [TestCase("HOME")]
    [TestCase("SOPS_AGE_KEY_FILE")]
    [TestCase("AWS_ACCESS_KEY_ID")]
    [TestCase("ACTIONS_ID_TOKEN_REQUEST_URL")]
    [TestCase("SECRETARY")]
    [TestCase("TOKENIZERS")]
    [TestCase("KEYBOARD")]
    public void OthersAreLeftAlone(string name) => Found(name, Value).ShouldBeFalse();

    [TestCase("postgres://app:hunter22@db.example/app", true)]
    [TestCase("https://user:hunter22@proxy.example:8080", true)]
    [TestCase("https://proxy.example:8080/path", false)]
    [TestCase("postgres://app@db.example/app", false)]
    public void AreKnownByALoginInTheirUrl(string value, bool secret) => Found("ANYTHING", value).ShouldBe(secret);

    [TestCase("")]
    [TestCase("true")]
    [TestCase("0")]
    public void AreNoSwitches(string value) => Found("GITHUB_TOKEN", value).ShouldBeFalse();

    private static bool Found(string name, string value) =>
        SecretVariables.Find([KeyValuePair.Create(name, value)]).Any(secret => secret.Reveal() == value);
}
