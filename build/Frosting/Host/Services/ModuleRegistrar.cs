using Cake.Core.Composition;
using Microsoft.Extensions.DependencyInjection;

namespace Slipway.Host;

/// <summary>Lets a Cake module register into the service collection. The last <c>As</c> of a registration counts, as in Cake.</summary>
internal sealed class ModuleRegistrar : ICakeContainerRegistrar
{
    private readonly List<Registration> _registrations = [];

    public ICakeRegistrationBuilder RegisterType(Type type) => Add(new Registration(type, null));

    public ICakeRegistrationBuilder RegisterInstance<TImplementation>(TImplementation instance)
        where TImplementation : class => Add(new Registration(typeof(TImplementation), instance).Singleton());

    public IServiceCollection AddTo(IServiceCollection services)
    {
        foreach (var registration in _registrations)
        {
            services.Add(registration.ToDescriptor());
        }

        return services;
    }

    private Registration Add(ICakeRegistrationBuilder registration)
    {
        var added = (Registration)registration;
        _registrations.Add(added);
        return added;
    }

    private sealed class Registration(Type type, object? instance) : ICakeRegistrationBuilder
    {
        private readonly Type _implementation = type;
        private Type _service = type;
        private ServiceLifetime _lifetime = ServiceLifetime.Transient;

        public ICakeRegistrationBuilder As(Type type)
        {
            _service = type;
            return this;
        }

        public ICakeRegistrationBuilder AsSelf() => As(_implementation);

        public ICakeRegistrationBuilder Singleton()
        {
            _lifetime = ServiceLifetime.Singleton;
            return this;
        }

        public ICakeRegistrationBuilder Transient()
        {
            _lifetime = ServiceLifetime.Transient;
            return this;
        }

        public ServiceDescriptor ToDescriptor() =>
            instance is null
                ? ServiceDescriptor.Describe(_service, _implementation, _lifetime)
                : ServiceDescriptor.Describe(_service, _ => instance, _lifetime);
    }
}
